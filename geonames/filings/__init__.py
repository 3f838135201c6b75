"""Filing of approvals (备案, 地名管理条例 Art. 13): between offices of one installation or of several."""
