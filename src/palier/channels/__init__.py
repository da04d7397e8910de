"""Ways out: what speaks to the outside, and nothing else does. Decides nothing about members."""
