"""TIM TUO: what an employee pays apart. The employer's side, the employee's, and the money in between."""
