"""Where users' home folders are kept between sessions: a folder of this machine, or S3."""
