"""What a listener or an app could stumble over, one function a rule; nothing in here writes anything.

A rule of a feed carries the number of the requirement it stands for: 1 to 9 are RSS 2.0 and HTTP, 10 to 22 Apple
Podcasts, 29 and 30 Spotify, 34 to 37 PSP-1, 40 to 46 Podcasting 2.0, 55 to 62 chapters in files and transcripts.
"""
