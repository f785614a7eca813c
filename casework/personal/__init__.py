"""Personal data at rest: what an application says of people, and what people write of them."""
