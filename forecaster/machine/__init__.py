"""What a run asks of the computer: whole files or none, memory, processes, Ctrl-C when it may."""
