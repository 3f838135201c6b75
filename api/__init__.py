"""Whatever starts something: a request, a page, a job, a command."""
