"""Making and judging the learned model. Run by `make model` and `make eval`; the product never imports this."""
