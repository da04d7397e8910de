"""The demo's shop: a pretend merchant who knows Palier by its public API alone."""
