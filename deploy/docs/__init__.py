"""Documents made from the code: OpenAPI from the doors, AsyncAPI from the contracts, the table of who may."""
