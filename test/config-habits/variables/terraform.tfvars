subject = "Lobby"
domain  = "example.com"
