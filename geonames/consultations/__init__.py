"""Consultations of the public (征求社会公众等意见) before a name is decided on: period, comments, hearings, report."""
