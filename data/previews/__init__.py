"""Looking at a document without its program: pages as pictures, text as text, the words of office files.

Documents come from outside. A PDF or a scan is drawn, and the words of an office file are read, by a process of
its own with little memory and little time (`process`), so that one which breaks the reading breaks nothing else;
pictures are handed to the browser as they are, after their measures were looked at.
"""
