"""The entrance of time: what is due is worked off by ``palier work``, in any number of processes."""
