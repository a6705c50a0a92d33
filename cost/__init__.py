"""What a stack costs a month: its resources, as the program asks for them, times the prices in `tables/`."""
