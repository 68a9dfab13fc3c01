"""What only a service in test mode answers: a clock to turn, instances to lose, faults to add."""
