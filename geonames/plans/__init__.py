"""Place-name plans (地名方案): names reserved for what will be built, which a later application takes up."""
