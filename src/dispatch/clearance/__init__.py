"""Who may travel when: dated rules against dated evidence. Pure; reads no clock and no file."""
