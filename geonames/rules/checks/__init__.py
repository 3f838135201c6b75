"""One pure function a rule: from what is proposed to what is wrong with it."""
