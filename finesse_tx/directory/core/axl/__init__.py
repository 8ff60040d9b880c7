"""What AXL is, without a socket: operations and objects as tables, their XML, the model behind them, and SQL."""
