"""The command line: `./diming COMMAND`.

Each module here that has a function `register(app)` adds a group of commands;
`app.py` finds them. Such a module imports what is heavy inside its commands,
so that `./diming --help` stays quick.
"""
