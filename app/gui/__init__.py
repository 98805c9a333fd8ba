"""The desktop app: everything that needs Qt, in one package for each thing that a person sees.

    application, desktop, speech, translation                   what makes an app of it all
    window      settings_sheet                                  what opens
    items       dictation                                       what is done in several places
    sidebar     transcript  player  recording  models  export   what is seen in them
    widgets                                                     what these are made of
    threads     wording     settings     system                 what has nothing to do with looks

A package imports from the floors below it, never from its own: the transcript knows no player, the
sidebar no transcript. The window brings them together, and ``desktop`` the window with the rest.
The engine and other long work run in ``threads``; what they tell are frozen records (``events``).
"""
