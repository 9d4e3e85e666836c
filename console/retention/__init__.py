"""What goes, and when: results and chats that a project keeps no longer, bytes of removed files, the demo team."""
