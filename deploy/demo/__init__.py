"""The demo day: two communities, their invented people and a week of duty, brought about through the public doors only."""
