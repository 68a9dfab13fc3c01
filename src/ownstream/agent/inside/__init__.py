"""What serves the user's files from within the sandbox, beside its init.

The folder is copied into the sandbox alone: it needs the standard library and nothing else, imports
its own modules relatively, and works from Python 3.9 on. It reaches what its user reaches there and
no more. What it says is not trusted by the agent, nor need it be: what programs of the same user
make of it concerns that user alone.
"""
