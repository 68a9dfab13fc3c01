"""The Image Assistant, which runs in an image builder: a command and a window.

The folder is copied into the sandbox alone: it needs the standard library and nothing else, and
works from Python 3.9 on. What it checks is for its user's sake: the service, which is asked to make
the image, believes nothing of it.
"""
