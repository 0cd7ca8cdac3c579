"""What a run asks of the computer: whole files or none, memory, processes, Ctrl-C when it may.

processes   helpers beside this process, started once a run
errands     independent pieces of work shared out among them
handover    what a helper works on and what came of it, in files
interrupts  when Ctrl-C is heard
memory      free memory handed back
scratch     the temporary folder
output      files that are complete or not there
"""
