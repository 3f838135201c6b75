"""Looking at a document without opening it in an office program: pages of a PDF as pictures, text as text.

Documents come from outside. A PDF is drawn by a process of its own with little
memory and little time (`draw`), so that one which breaks the drawing breaks
nothing else; pictures are handed to the browser as they are, after their
measures were looked at; office files are not drawn.
"""
