"""The fields, value shapes and links of each resource. The rules are in board.actions."""
