"""Tests of the ways out, with real sockets on this machine."""
