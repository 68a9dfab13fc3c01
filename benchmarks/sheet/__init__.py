"""The number sheet: ownstream and its peers, in one browser, on one machine, in one run."""
