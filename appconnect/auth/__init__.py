"""Signing in: conversations that yield requests, and the credentials they end in."""
