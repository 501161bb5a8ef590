"""The resources of the API. Reading is a query; writing is one call of one function in board.actions."""
