"""Real processes, real connections, many clients at once: exactly the right winners, and books that close."""
