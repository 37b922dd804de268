"""The front: gRPC services, journal, assets and the supervisor of the worker. It never imports torch.

A request crosses these files in this order:

    token_check, failures      who may call, and how errors travel
    job_service, asset_service, catalog_service, server_service
    admission                  a request becomes a complete recipe, or a list of violations
    job_table, event_feed      the states of jobs, and who watches them
    journal, commit_thread     what survives, in SQLite
    dispatcher, recorder       which jobs the worker gets, and what its frames do to them
    supervisor, worker_link    the worker process, its death and its silence
    asset_store, checkpoints   bytes on disk, whole or not at all
"""
