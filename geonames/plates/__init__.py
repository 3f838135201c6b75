"""Number plates (门牌) and the standard addresses (标准地址) of doors."""
