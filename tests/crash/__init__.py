"""kill -9 at every SQL statement and every call to the outside; then the same again, and a look at every table."""
