"""What the pages of both sides share: layout, assets, forms, refusals."""
