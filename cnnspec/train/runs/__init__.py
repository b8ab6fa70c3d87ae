"""What a training leaves in its folder, whole at any moment.

durable < spec < folder < listing      run folders, without Keras or NumPy
schema                                 what their files may say, checked before it is used
account                                what run.json says
snapshot < state                       a training's whole state in a file
history, curves, state < keeping       what is kept of every epoch
"""
