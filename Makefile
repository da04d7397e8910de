# Thin aliases: everything is in ./run.
.PHONY: demo setup test lint lock reset

demo:
	./run
setup test lint lock reset:
	./run $@
