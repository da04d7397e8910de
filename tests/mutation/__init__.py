"""Small changes of the core, one at a time: how many of them do the core's tests notice?"""
