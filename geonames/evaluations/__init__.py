"""Evaluations of division changes (行政区划变更效果评估): indicators before and after, and a judgement."""
