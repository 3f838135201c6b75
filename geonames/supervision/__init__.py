"""Supervision of how names are used (地名使用监督, 地名管理条例 Art. 28 to 38)."""
