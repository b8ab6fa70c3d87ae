"""What a training leaves in its folder, whole at any moment.

durable < spec < folder < listing      run folders, without Keras or NumPy
account                                what run.json says
history, curves, state < keeping       what is kept of every epoch
"""
