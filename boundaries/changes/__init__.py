"""Division affairs (行政区划变更): acts on the register, made of parts, checked, shown before and executed whole."""
