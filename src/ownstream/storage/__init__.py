"""Where things are kept apart from the store: home folders, and what S3Location names."""
