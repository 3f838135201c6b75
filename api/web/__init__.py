"""The pages: server-rendered, one visual language, the same services as the API.

`site.mount(app)` adds the routes and the static files to an application; the
application keeps what the pages need in its state (see `wiring`). Each subject
has one module in `pages/`; templates hold no logic beyond choosing and looping.
"""
