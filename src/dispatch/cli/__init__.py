"""Words in, files and exit codes out. The only room that prints, reads the clock or the environment, or starts processes.

Every command lives in its own module and is imported when it is called, so that ``dispatch --help`` stays quick.
"""
