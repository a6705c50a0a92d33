"""One file a command of `slipway`; `cli/app.py` lists them."""
