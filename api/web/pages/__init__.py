"""One module for each subject of pages: routes that ask one service and hand its answer to a template."""
