"""What a host starts. The app is the package `board`."""

from board.app import show

show()
